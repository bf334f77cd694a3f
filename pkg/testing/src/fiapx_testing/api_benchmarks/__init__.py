"""How fast the API is: reads beside a bare FastAPI program, uploads beside a plain PUT, logins."""
