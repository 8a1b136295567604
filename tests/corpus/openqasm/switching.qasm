OPENQASM 3; include "stdgates.inc"; qubit[3] q; bit[3] c; angle[4] est;
def m(qubit p) -> bit { h p; return measure p; }
c[0] = m(q[0]); c[1] = m(q[1]);
switch (c) { case 0 { x q[2]; } case 1 { ctrl @ y q[1], q[2]; c[2] = measure q[2]; } }
if (!c[0] || c[1]) { rx(pi / 3) q[2]; } else { if (c[1] != 0) reset q[2]; }
measure q[2] -> est[3]; est >>= 1;
let t = q[{2, 0}] ++ q[1:1]; pow(2) @ ry(0.3) t; swap t[0], t[2];
