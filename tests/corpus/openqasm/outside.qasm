pragma anything } goes {
@note until the end of the line
output bit b;
include "stdgates.inc";
defcalgrammar "openpulse"; cal { play {x} }
defcal rz(angle[20] t) $0 -> bit { £ }
stretch g; duration d = durationof({x $1;}) + g; float θ = 2 * 1e-1;
rx(-θ) $0; box { delay[d] $1; } b = measure $0;
/* comment */ U(θ, τ, ℇ) $2; // end
