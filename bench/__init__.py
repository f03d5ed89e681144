"""How fast: ratios against peers, all measured in one run by `make bench`."""
