if vim.g.loaded_surefoot or vim.fn.has("nvim-0.7") == 0 then return end
vim.g.loaded_surefoot = true

vim.api.nvim_create_user_command("SurefootRestart", function()
  require("surefoot").restart()
end, { desc = "Restart the surefoot language server" })

vim.api.nvim_create_user_command("SurefootLog", function()
  vim.cmd("tabnew " .. vim.fn.fnameescape(vim.lsp.get_log_path and vim.lsp.get_log_path() or vim.lsp.log.get_filename()))
end, { desc = "Open the log of Neovim's language clients" })

require("surefoot").start()
