"""Opening files that are hostile until proved otherwise: weights, checkpoints, projects and bundles."""
