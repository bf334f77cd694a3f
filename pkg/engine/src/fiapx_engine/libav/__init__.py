"""What runs inside the decoder child: libav by PyAV, on bytes that its parent hands it. Only here is `av` imported."""
