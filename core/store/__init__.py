"""The store: what people decide (accounts, sessions, sources, refused rows, audit), by SQLAlchemy."""
