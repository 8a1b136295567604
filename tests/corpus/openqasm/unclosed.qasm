OPENQASM 2.0;
gate g(a,) x { U(a,(0,0) x; if (c==
