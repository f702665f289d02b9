-- :checkhealth surefoot
local surefoot = require("surefoot")

-- vim.health got its present names with 0.10, and was a module "health" before 0.8.
local health = vim.health or require("health")
local report = {
  start = health.start or health.report_start,
  ok = health.ok or health.report_ok,
  info = health.info or health.report_info,
  error = health.error or health.report_error,
}

local function version(cmd)
  local said = vim.fn.systemlist({ cmd[1], "--version" })
  return vim.v.shell_error == 0 and said[1] or nil
end

local function check()
  report.start("surefoot")
  if not surefoot.options().enabled then return report.info("switched off: the option `enabled` is false") end
  local cmd = surefoot.client_config().cmd
  local problem = surefoot.problem()
  if problem then
    report.error(problem)
  elseif type(cmd) == "table" then
    report.ok(("%s is %s"):format(vim.fn.exepath(cmd[1]), version(cmd) or "there, but does not tell its version"))
  end
  local clients = surefoot.clients()
  if #clients == 0 then report.info("no client is running; one starts with the first Python file") end
  for _, client in ipairs(clients) do
    report.info(("client %d, root %s"):format(client.id, client.config.root_dir or "none"))
  end
end

return { check = check }
