-- Starts the surefoot language server for Python buffers, in Neovim 0.7 and later.
-- From 0.11 on Neovim does the work by itself with lsp/surefoot.lua; before that, this file does.
local M = {}

local defaults = {
  enabled = true,
  cmd = { "surefoot", "server", "--stdio" },
  filetypes = { "python" },
  root_markers = { "surefoot.toml", "pyproject.toml", "setup.py", "setup.cfg", "manage.py", ".git" },
  settings = {},
  client = {},
}

-- vim.lsp.config and vim.lsp.enable came with 0.11.
local native = vim.fn.has("nvim-0.11") == 1

local given = {}
-- Before 0.11: the running client of each root directory; "" stands for files without one.
local clients = {}

-- The options in force: the defaults, vim.g.surefoot, then what setup() was given.
function M.options()
  local global = vim.g.surefoot
  if global == false then global = { enabled = false } end
  return vim.tbl_extend("force", defaults, type(global) == "table" and global or {}, given)
end

-- The client's configuration as lsp/surefoot.lua hands it to vim.lsp.config, and as vim.lsp.start_client takes it.
function M.client_config()
  local options = M.options()
  return vim.tbl_extend("force", {
    name = "surefoot",
    cmd = options.cmd,
    filetypes = options.filetypes,
    root_markers = { options.root_markers }, -- one group: the nearest folder that has any of them
    settings = { surefoot = next(options.settings) and options.settings or vim.empty_dict() },
  }, options.client)
end

-- Why the server cannot be run, in words for the user; nil when it can.
function M.problem()
  local config = native and vim.lsp.config.surefoot or M.client_config()
  if type(config.cmd) ~= "table" or vim.fn.executable(config.cmd[1]) == 1 then return nil end
  local program = config.cmd[1]
  local where = program:find("/", 1, true) and "there is no program %s" or "there is no program %s on the PATH"
  return ("surefoot: " .. where .. "; see :help surefoot-cmd"):format(program)
end

local complained

local function complain(problem)
  if problem == complained then return end
  complained = problem
  vim.notify(problem, vim.log.levels.WARN)
end

-- The nearest folder above a file that has one of the markers.
local function root_of(file)
  local markers = M.options().root_markers
  local folder = vim.fn.fnamemodify(file, ":h")
  while true do
    for _, marker in ipairs(markers) do
      if vim.loop.fs_stat(folder .. "/" .. marker) then return folder end
    end
    local parent = vim.fn.fnamemodify(folder, ":h")
    if parent == folder then return nil end
    folder = parent
  end
end

-- Runs `first` and then what the user has asked for at the same event.
local function before(first, users)
  return function(...)
    first(...)
    if users then users(...) end
  end
end

local function start_client(root)
  local config = M.client_config()
  config.root_dir = root
  -- Early versions neither send the settings by themselves nor say that they may be asked for them.
  config.on_init = before(function(client)
    client.notify("workspace/didChangeConfiguration", { settings = config.settings })
  end, config.on_init)
  config.on_exit = before(function() clients[root or ""] = nil end, config.on_exit)
  return vim.lsp.start_client(config)
end

-- Before 0.11: gives the buffer the client of its root directory, which is started when there is none.
local function attach(buffer)
  local name = vim.api.nvim_buf_get_name(buffer)
  if vim.bo[buffer].buftype ~= "" or name == "" or name:find("^%a[%w+.-]+://") then return end
  local root = root_of(vim.fn.fnamemodify(name, ":p"))
  local key = root or ""
  clients[key] = clients[key] or start_client(root)
  if clients[key] then vim.lsp.buf_attach_client(buffer, clients[key]) end
end

local function attach_all()
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    local ours = vim.tbl_contains(M.options().filetypes, vim.bo[buffer].filetype)
    if ours and vim.api.nvim_buf_is_loaded(buffer) then attach(buffer) end
  end
end

local function on_filetype(event)
  local problem = M.problem()
  if problem then return complain(problem) end
  if not native then attach(event.buf) end
end

-- From here on Python buffers get the server. plugin/surefoot.lua calls this.
function M.start()
  local group = vim.api.nvim_create_augroup("surefoot", { clear = true })
  local enabled = M.options().enabled
  if native then
    vim.lsp.config("surefoot", {}) -- forget what lsp/surefoot.lua said before the options changed
    vim.lsp.enable("surefoot", enabled and M.problem() == nil)
  end
  if not enabled then return end
  local filetypes = M.options().filetypes
  vim.api.nvim_create_autocmd("FileType", { group = group, pattern = filetypes, callback = on_filetype })
end

-- The running clients.
function M.clients()
  local all = vim.lsp.get_clients and vim.lsp.get_clients() or vim.lsp.get_active_clients()
  return vim.tbl_filter(function(client) return client.name == "surefoot" end, all)
end

local function stop_all()
  for _, client in ipairs(M.clients()) do
    if native then client:stop() else vim.lsp.stop_client(client.id) end
  end
  vim.wait(3000, function() return #M.clients() == 0 end, 20)
  clients = {}
end

-- Stops every client and starts anew, with the options as they are now.
function M.restart()
  stop_all()
  complained = nil
  M.start()
  if not M.options().enabled then return end
  local problem = M.problem()
  if problem then return complain(problem) end
  if not native then attach_all() end
end

-- Optional: sets options, which beat those of vim.g.surefoot. Works before and after the plugin has been loaded.
function M.setup(options)
  given = options or {}
  if vim.g.loaded_surefoot then M.restart() end
end

return M
