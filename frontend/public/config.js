// Read before the application starts. Replace this file where the API is at another address, for example
// { apiOrigin: "https://api.example.com" }; empty means the address that this page came from.
window.FIAPX_CONFIG = { apiOrigin: "" };
