"""The demonstration: Region Halland's bodies, its people by office, and cases that tell what really happened."""
