;;; init.el --- The user's init file of the Emacs test  -*- lexical-binding: t -*-
(add-to-list 'load-path (getenv "PLUGIN"))
(require 'surefoot)
(setq surefoot-command (list (getenv "RECORDER") (getenv "RECORDED") (getenv "SERVER") "server" "--stdio")
      surefoot-ignore '("RT104"))
(add-hook (if (boundp 'python-base-mode-hook) 'python-base-mode-hook 'python-mode-hook) #'surefoot-ensure)

;; The rest is for the test, which looks on by emacsclient and acts by typing.
(setq inhibit-startup-screen t make-backup-files nil auto-save-default nil create-lockfiles nil
      python-indent-guess-indent-offset-verbose nil)
(load (getenv "CHECKS") nil t)
(require 'server)
(setq server-socket-dir (file-name-directory (getenv "SOCKET"))
      server-name (file-name-nondirectory (getenv "SOCKET"))
      server-client-instructions nil)
(server-start)
