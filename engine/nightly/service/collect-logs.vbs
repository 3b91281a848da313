' The same as collect-logs.ps1 for Windows 2000 and 2003, which have no wevtutil: delivers whole logs as .evt. What was
' delivered before is recognised by exdiag and costs little.
'
'     cscript //nologo collect-logs.vbs \\collector\exdiag
'
' The share has two folders: a file is copied to "incoming" and, when it is whole, moved to "inbox", which exdiag reads.
Option Explicit
Dim share, work, name, files, wmi, log, file, code, failed

If WScript.Arguments.Count <> 1 Then
  WScript.Echo "usage: cscript //nologo collect-logs.vbs SHARE"
  WScript.Quit 2
End If
share = WScript.Arguments(0)
Set files = CreateObject("Scripting.FileSystemObject")
work = files.GetSpecialFolder(2)
Set wmi = GetObject("winmgmts:{impersonationLevel=impersonate,(Backup)}!\\.\root\cimv2")
failed = 0
For Each log In wmi.ExecQuery("SELECT * FROM Win32_NTEventLogFile WHERE LogFileName='Application' OR LogFileName='System'")
  name = CreateObject("WScript.Network").ComputerName & "-" & log.LogFileName & ".evt"
  file = files.BuildPath(work, name)
  If files.FileExists(file) Then files.DeleteFile file
  code = log.BackupEventLog(file)
  If code <> 0 Then
    WScript.Echo log.LogFileName & ": Windows could not save it, code " & code & "; not delivered"
    failed = failed + 1
  Else
    Deliver
  End If
Next
WScript.Quit failed

Sub Deliver
  Dim incoming, inbox
  incoming = files.BuildPath(files.BuildPath(share, "incoming"), name)
  inbox = files.BuildPath(files.BuildPath(share, "inbox"), name)
  On Error Resume Next
  files.CopyFile file, incoming, True
  If Err.Number = 0 And files.FileExists(inbox) Then files.DeleteFile inbox
  If Err.Number = 0 Then files.MoveFile incoming, inbox
  If Err.Number <> 0 Then
    WScript.Echo name & ": " & Err.Description & "; not delivered"
    failed = failed + 1
  End If
  On Error GoTo 0
  files.DeleteFile file
End Sub
