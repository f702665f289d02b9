-- Read by vim.lsp.config (Neovim 0.11 and later). What vim.lsp.config("surefoot", { … }) is given beats it.
return require("surefoot").client_config()
