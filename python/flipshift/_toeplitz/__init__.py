"""What stands behind `flipshift.linalg`: Toeplitz matrices, products, solutions, operators."""
