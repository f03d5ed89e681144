"""The questions of each exercise, and the data that they are about: one file an exercise."""
