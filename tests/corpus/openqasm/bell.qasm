OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg c[2];
h q[0]; cx q[0],q[1];
measure q -> c;
if (c==3) x q[1];
reset q[0];
barrier q, q[1];
