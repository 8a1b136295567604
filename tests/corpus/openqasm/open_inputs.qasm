OPENQASM 3;
include "stdgates.inc";
input float[64] theta;
input angle phi;
gate twist(a) x, y { cx x, y; rz(a / 2) y; cx x, y; }
qubit[2] q;
rx(2 * theta + pi / 4) q[0];
p(3 * phi) q[1];
twist(theta - 1) q[0], q[1];
ctrl @ inv @ p(phi / 2) q[0], q[1];
uint[4] k = 3;
k = k - uint[4](5);
angle[5] b = 0.3;
float[16] h = b * 2;
ry(h) q[0];
