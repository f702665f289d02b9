"""`python -m storefront.backoffice.serve`: the back office on a developer's machine."""

from storefront.backoffice import create_app

if __name__ == "__main__":
    app = create_app("development")
    app.run(host="127.0.0.1", port=5050, debug=True)
