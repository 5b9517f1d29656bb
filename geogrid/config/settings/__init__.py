"""base: what every installation shares; dev, test and prod: how they differ."""
