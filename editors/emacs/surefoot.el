;;; surefoot.el --- Reliability footguns of Python back ends, through Eglot  -*- lexical-binding: t -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1") (eglot "1.9"))
;; Keywords: languages, tools
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Makes surefoot the server that Eglot starts for Python buffers.  In your init file:
;;
;;   (add-to-list 'load-path "/path/to/surefoot/editors/emacs")
;;   (require 'surefoot)
;;   (add-hook 'python-mode-hook #'surefoot-ensure)      ; before Emacs 29
;;   (add-hook 'python-base-mode-hook #'surefoot-ensure) ; since Emacs 29
;;
;; Without the hook, `M-x eglot' in a Python buffer starts it.  Findings are Flymake diagnostics;
;; `M-x eglot-code-actions' offers their fixes.
;;
;; `surefoot-profile' and its like configure the rules for all projects; a project's own settings, in its
;; .dir-locals.el, go into `eglot-workspace-configuration':
;;
;;   ((python-mode . ((eglot-workspace-configuration . (:surefoot (:ignore ["RT103"]))))))
;;
;; Both beat the project's pyproject.toml or surefoot.toml.

;;; Code:

(require 'cl-lib)
(require 'eglot)

(defgroup surefoot nil
  "Reliability footguns of Python back ends."
  :group 'eglot
  :prefix "surefoot-")

(defcustom surefoot-command '("surefoot" "server" "--stdio")
  "The language server: a program and its arguments.
The program is looked for in the variable `exec-path'."
  :type '(repeat string))

(defcustom surefoot-profile nil
  "Which rules are on to begin with; nil leaves it to the project."
  :type '(choice (const :tag "As the project says" nil) (const "default") (const "strict")))

(defcustom surefoot-select nil
  "Report only these rules, by code or prefix; nil leaves it to the project."
  :type '(repeat string))

(defcustom surefoot-extend-select nil
  "Report these rules as well, by code or prefix."
  :type '(repeat string))

(defcustom surefoot-ignore nil
  "Do not report these rules, by code or prefix; nil leaves it to the project."
  :type '(repeat string))

(defclass surefoot-server (eglot-lsp-server) ()
  :documentation "A running surefoot, of one project.")

(defun surefoot--custom-settings ()
  "Return what the user options say, as a property list: only what is set."
  (append (when surefoot-profile (list :profile surefoot-profile))
          (cl-loop for (key value) in `((:select ,surefoot-select)
                                        (:extendSelect ,surefoot-extend-select)
                                        (:ignore ,surefoot-ignore))
                   when value append (list key (vconcat value)))))

(defun surefoot--local-settings (server)
  "Return what `eglot-workspace-configuration' says of surefoot.
It is asked in the root of SERVER's project, with its directory-local variables."
  (with-temp-buffer
    (setq default-directory (project-root (eglot--project server)))
    (setq-local major-mode 'python-mode)
    (hack-dir-local-variables-non-file-buffer)
    (let ((all (eglot--workspace-configuration-plist server)))
      (and (listp all) (plist-get all :surefoot)))))

(defun surefoot--settings (server)
  "Return the section `surefoot' of SERVER's configuration, a JSON object."
  (let ((settings (surefoot--custom-settings)))
    (cl-loop for (key value) on (surefoot--local-settings server) by #'cddr
             do (setq settings (plist-put settings key value)))
    (or settings (make-hash-table))))

;; Eglot's own answer knows only of `eglot-workspace-configuration'.
(cl-defmethod eglot-handle-request
  ((server surefoot-server) (_method (eql workspace/configuration)) &key items)
  "Answer SERVER, which asks for ITEMS of the configuration."
  (cl-map 'vector
          (lambda (item) (when (equal (plist-get item :section) "surefoot") (surefoot--settings server)))
          items))

(defun surefoot--contact (_interactive)
  "Return what Eglot starts for a Python buffer."
  (cons 'surefoot-server surefoot-command))

(add-to-list 'eglot-server-programs '((python-mode python-ts-mode) . surefoot--contact))

(defun surefoot--problem ()
  "Return why the server cannot be run, in words for the user; nil when it can."
  (let ((program (car surefoot-command)))
    (unless (executable-find program t)
      (format "Surefoot: there is no program %s%s; see the option `surefoot-command'"
              program (if (file-name-directory program) "" " in any folder of `exec-path'")))))

;;;###autoload
(defun surefoot-ensure ()
  "Start surefoot for this buffer, or say why that cannot be done.
For the hooks of Python modes."
  (let ((problem (surefoot--problem)))
    (if problem (message "%s" problem) (eglot-ensure))))

(provide 'surefoot)
;;; surefoot.el ends here
