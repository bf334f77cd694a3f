"""Which frames, and how they are got: sampling, plan, decoders, ZIP parts."""
