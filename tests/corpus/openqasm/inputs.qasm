extern f(bit[5], creg[2], readonly array[int, 2]) -> float[32];
array[int, 2] a = {1, 2};
if (a[0] > 1) { float y = f("01010", "01", a); }
input float[64] theta;
