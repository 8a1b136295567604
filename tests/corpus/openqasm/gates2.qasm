OPENQASM 2.0; include "qelib1.inc";
opaque hidden(a) b;
gate turn(a, b) x, y { U(-a^2, b/(2-a), sin(pi/3)) x; barrier x, y; CX x, y; cu3(a, ln(2), .5) y, x; }
gate both a, b { turn(0.1, -2e-1) a, b; turn(1, 1) b, a; }
qreg q[3]; qreg r[3]; creg d[3];
both q, r; ccx q[0], q[1], r; c4x q[0],q[1],q[2],r[0],r[1]; rzz(pi/4) q, r[0];
