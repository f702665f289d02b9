-- Runs inside Neovim once it has started with the project's file on the command line. Writes "passed" to $RESULT.
local function say(text) io.stderr:write(text .. "\n") end

local function check(condition, text)
  if not condition then error("not so: " .. text, 0) end
  say("ok   " .. text)
end

local function wait_for(condition, text) check(vim.wait(30000, condition, 20), text) end

local function read(file)
  local handle = assert(io.open(file, "rb"))
  local text = handle:read("*a")
  handle:close()
  return text
end

local buffer = vim.api.nvim_get_current_buf()
local expected = vim.fn.json_decode(read(os.getenv("EXPECTED")))
local before = vim.api.nvim_buf_get_lines(buffer, 0, -1, true)
local fixed = vim.split(read(os.getenv("FIXED")):gsub("\n$", ""), "\n")

local function lines() return vim.api.nvim_buf_get_lines(buffer, 0, -1, true) end
local function findings() return vim.diagnostic.get(buffer) end

local function described(diagnostic)
  return ("%s: %s"):format(diagnostic.code or (diagnostic.user_data or {}).lsp.code, diagnostic.message)
end

-- The setting `ignore` has to have reached the server: the file has a second problem, of the ignored rule.
local function one_finding()
  local found = findings()
  return #found == 1 and described(found[1]):find(expected.code, 1, true)
end

local function diagnostic_is_right()
  wait_for(one_finding, "one diagnostic, " .. expected.code)
  local found = findings()[1]
  local text = lines()[found.lnum + 1]
  check(found.lnum + 1 == expected.line, "it is in line " .. expected.line)
  check(found.lnum == found.end_lnum and text:sub(found.col + 1, found.end_col) == expected.covers,
    "it covers exactly " .. expected.covers)
  check(found.source == expected.source and found.severity == vim.diagnostic.severity.WARN, "source and severity")
  check(found.message:find(expected.message, 1, true), "message: " .. found.message)
end

-- What the user sees. Neovim 0.7 has no names for the namespaces of diagnostics, only this way to them.
local function drawn()
  local marks = 0
  for _, namespace in pairs(vim.diagnostic.get_namespaces()) do
    for _, key in ipairs({ "underline_ns", "virt_text_ns" }) do
      local id = namespace.user_data and namespace.user_data[key]
      if id then marks = marks + #vim.api.nvim_buf_get_extmarks(buffer, id, 0, -1, {}) end
    end
  end
  return marks > 0
end

-- What the server says there: the window that editors show it in needs a Markdown parser, which not every Neovim has.
local function hover(position)
  local params = { textDocument = { uri = vim.uri_from_bufnr(0) }, position = position }
  local text = ""
  for _, answer in pairs(vim.lsp.buf_request_sync(0, "textDocument/hover", params, 2000) or {}) do
    if answer.result then text = text .. answer.result.contents.value end
  end
  return text
end

local function hover_tells_of_function()
  local row = vim.fn.search("async def handler", "w")
  local wanted = "async · blocks: subprocess.run at app.py:10 and 1 more"
  local position = { line = row - 1, character = #"async def h" }
  wait_for(function() return hover(position):find(wanted, 1, true) end, "the hover on a function says: " .. wanted)
end

-- Chooses an item of the menu that vim.lsp.buf.code_action() opens at the diagnostic.
local function choose_fix()
  local found = findings()[1]
  vim.api.nvim_win_set_cursor(0, { found.lnum + 1, found.col })
  local menu
  local select = vim.ui.select
  vim.ui.select = function(items, options, on_choice)
    menu = vim.tbl_map(options.format_item or tostring, items)
    for number, title in ipairs(menu) do
      if title:find(expected.title, 1, true) then return on_choice(items[number], number) end
    end
    on_choice(nil, nil)
  end
  vim.lsp.buf.code_action()
  wait_for(function() return menu ~= nil end, "the menu of code actions opens")
  vim.ui.select = select
  say("     menu: " .. table.concat(menu, " | "))
end

local function missing_server_is_named()
  local said
  local notify = vim.notify
  vim.notify = function(text) said = text end
  require("surefoot").setup({ cmd = { "/nonexistent/surefoot", "server" } })
  vim.notify = notify
  check(said and said:find("/nonexistent/surefoot", 1, true), "a missing server is named: " .. tostring(said))
  check(#require("surefoot").clients() == 0, "and none is started")
end

local function main()
  local version = vim.version()
  say(("Neovim %d.%d.%d"):format(version.major, version.minor, version.patch))
  check(vim.bo[buffer].filetype == "python" and #before > 1, "the file is open")
  wait_for(function() return Attached == 1 end, "the plugin has attached a client")
  check(require("surefoot").clients()[1].config.root_dir == os.getenv("PROJECT"), "its root is the project")
  diagnostic_is_right()
  wait_for(drawn, "the diagnostic is drawn")
  hover_tells_of_function()

  choose_fix()
  wait_for(function() return vim.deep_equal(lines(), fixed) end, "the fix gives the expected text, import included")
  wait_for(function() return #findings() == 0 end, "the diagnostic is gone")
  vim.cmd("silent undo")
  check(vim.deep_equal(lines(), before), "one undo takes the fix back")
  diagnostic_is_right()

  vim.cmd("SurefootRestart")
  wait_for(function() return #Exits == 1 end, "the server has ended")
  check(Exits[1].code == 0 and Exits[1].signal == 0, "with status 0 and no signal")
  wait_for(function() return Attached == 2 end, "a new one has started")
  diagnostic_is_right()

  local options = require("surefoot").options()
  missing_server_is_named()
  require("surefoot").setup(options)
  wait_for(function() return Attached == 3 end, "with the right program it starts again")
  diagnostic_is_right()
  vim.cmd("helptags " .. vim.fn.fnameescape(os.getenv("HELP")))
  check(#vim.fn.getcompletion("surefoot-cmd", "help") == 1, "the help is there")
  vim.cmd("checkhealth surefoot")
  local health = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
  check(health:find("client %d+, root ") and not health:find("ERROR"), "checkhealth is content")
end

local passed, problem = xpcall(main, debug.traceback)
if passed then
  local result = assert(io.open(os.getenv("RESULT"), "w"))
  result:write("passed")
  result:close()
  -- With the server running: it has to end by itself.
  vim.cmd("qall!")
else
  say("FAIL: " .. problem)
  vim.cmd("cquit 1")
end
