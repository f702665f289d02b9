-- The user's init file: the plugin on the runtimepath and its options; and the test, once Neovim is up.
vim.opt.runtimepath:append(os.getenv("PLUGIN"))
vim.o.hidden = true
Exits = {}
Attached = 0
require("surefoot").setup({
  cmd = { os.getenv("RECORDER"), os.getenv("RECORDED"), os.getenv("SERVER"), "server", "--stdio" },
  settings = { ignore = { "RT104" } },
  client = {
    on_attach = function() Attached = Attached + 1 end,
    on_exit = function(code, signal) table.insert(Exits, { code = code, signal = signal }) end,
    flags = { debounce_text_changes = 20 },
  },
})

vim.api.nvim_create_autocmd("VimEnter", {
  callback = function()
    vim.schedule(function() dofile(os.getenv("TEST")) end)
  end,
})
