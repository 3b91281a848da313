// What the process takes from the system and does not use.
#pragma once

namespace exdiag {

// Gives back what is free, and from now on every large piece as soon as it is freed.  For work that
// comes in steps, each with lists of its own: freed pieces that stay between those in use would
// add up.  Not for work that makes and frees large pieces all the time, which it would slow down.
void HoldNoFreeMemory();

// After one of these steps: gives back what is free between pieces in use.  Takes milliseconds
// where there is much.
void GiveBackFreeMemory();

}  // namespace exdiag
