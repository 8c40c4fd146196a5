"""Training in processes of its own: the engine, its launcher and its workers."""
