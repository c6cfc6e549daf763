//! What templates cost and save.
