<#
Delivers what Windows logged since the last time to the inbox of exdiag. For Windows Server 2008 and later (PowerShell
2); docs/nightly.md of exdiag, "From the servers", says how to let it run every night.

    powershell -NoProfile -ExecutionPolicy Bypass -File collect-logs.ps1 -Share \\collector\exdiag

The share has two folders: a file is copied to "incoming" and, when it is whole, moved to "inbox", which exdiag reads.
#>
param(
    [Parameter(Mandatory = $true)] [string] $Share,
    [string[]] $Logs = @('Application', 'System'),
    # What was delivered, and files on their way.
    [string] $Work = (Join-Path $env:ProgramData 'exdiag'),
    # So much is exported when nothing was delivered before, or too long ago to remember.
    [int] $FirstDays = 30
)

$ErrorActionPreference = 'Stop'
$failed = 0
if (-not (Test-Path $Work)) { New-Item -ItemType Directory -Path $Work | Out-Null }

foreach ($log in $Logs) {
    try {
        $name = $log -replace '[\\/:*?"<>| ]', '_'
        $marker = Join-Path $Work "$name.delivered"
        # A little of what was delivered comes again, so that nothing falls between two exports; exdiag knows it.
        $until = [DateTime]::UtcNow
        $since = $until.AddDays(-$FirstDays)
        if (Test-Path $marker) {
            $text = Get-Content $marker | Select-Object -First 1
            $since = [DateTime]::ParseExact($text, 'yyyy-MM-ddTHH:mm:ss', [Globalization.CultureInfo]::InvariantCulture)
            $since = $since.AddHours(-1)
        }
        $from = $since.ToString('yyyy-MM-ddTHH:mm:ss', [Globalization.CultureInfo]::InvariantCulture)
        $file = '{0}-{1}-{2}.evtx' -f $env:COMPUTERNAME, $name, $until.ToString('yyyyMMddTHHmmss')
        $local = Join-Path $Work $file
        & wevtutil.exe epl $log $local /ow:true "/q:*[System[TimeCreated[@SystemTime>='${from}.000Z']]]"
        if ($LASTEXITCODE -ne 0) { throw "wevtutil ended with code $LASTEXITCODE" }

        $incoming = Join-Path (Join-Path $Share 'incoming') $file
        Copy-Item -LiteralPath $local -Destination $incoming
        if ((Get-Item -LiteralPath $incoming).Length -ne (Get-Item -LiteralPath $local).Length) {
            throw "$incoming is not whole"
        }
        # Within one share a move is a new name for the same file: exdiag sees all of it or nothing.
        Move-Item -LiteralPath $incoming -Destination (Join-Path (Join-Path $Share 'inbox') $file)
        Remove-Item -LiteralPath $local
        # Only now: what was not delivered is exported again the next time.
        $until.ToString('yyyy-MM-ddTHH:mm:ss', [Globalization.CultureInfo]::InvariantCulture) | Set-Content $marker
    }
    catch {
        $failed++
        [Console]::Error.WriteLine("{0}: {1}; not delivered, the next run exports it again", $log, $_)
    }
}
exit $failed
