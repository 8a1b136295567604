OPENQASM 3.0; include "stdgates.inc";
gate g(t) a, b { ry(t) a; cx a, b; gphase(t / 5); for int k in [1:2] { rz(k * t) b; } }
qubit[5] q;
ctrl(2) @ negctrl @ x q[0], q[1], q[2], q[3];
inv @ pow(0.3) @ g(0.4) q[0], q[1]; pow(-3) @ ctrl @ g(0.1) q[2], q[0], q[1];
pow(1 / 2) @ h q; ctrl @ gphase(pi / 7) q[1]; gphase(-0.2); U(1, 2, 3) q[{0, 2}];
box[2us] { delay[5ns] q[0]; nop q; } barrier;
