"""What there is to see in a table, as plain numbers: columns, pairs of them, correlations, outliers, images."""
