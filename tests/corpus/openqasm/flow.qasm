include "stdgates.inc";
qubit[4] q; bit[4] c; int s = 0;
def parity(bit[4] b) -> bit { bit p = 0; for bit x in b { p ^= x; } return p; }
def touch(qubit[2] r, float t, mutable array[int, #dim=1] a) { rx(t) r; a[0] += 1; if (t > 1) return; cx r[0], r[1]; }
array[int, 2] a;
for int i in [0:2:3] { touch(q[i:i + 1], i * 0.7, a); if (i == 2) break; else continue; }
while (s < 3) s += 1;
switch (s) { case 0, 1 { x q[0]; } case 3 { y q[1]; } default { end; } }
c = measure q;
if (c[0] && c != 3) { x q[0]; c[1] = measure q[1]; } else if (c == 2) z q[1];
bit odd = parity(c);
if (odd) reset q;
