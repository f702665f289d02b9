;;; checks.el --- What the Emacs test asks  -*- lexical-binding: t -*-
;; Each answers t, or something else that says what is there instead.
(require 'cl-lib)
(require 'flymake)
(require 'json)
(require 'project)

(defvar checks-expected (json-read-file (getenv "EXPECTED")))
(defun checks-expected (key) (alist-get key checks-expected))

(defun checks-buffer () (find-buffer-visiting (expand-file-name "app.py" (getenv "PROJECT"))))

(defun checks-managed ()
  (with-current-buffer (checks-buffer)
    (or (and (bound-and-true-p eglot--managed-mode) (object-of-class-p (eglot-current-server) 'surefoot-server))
        (list major-mode (current-message)))))

(defun checks-finding-count (wanted)
  (with-current-buffer (checks-buffer)
    (let ((found (flymake-diagnostics)))
      (or (= wanted (length found)) (mapcar #'flymake-diagnostic-text found)))))

(defun checks-finding ()
  "The diagnostic is where it should be and says what it should."
  (with-current-buffer (checks-buffer)
    (let* ((found (car (flymake-diagnostics)))
           (from (flymake-diagnostic-beg found))
           (is (list (line-number-at-pos from)
                     (buffer-substring-no-properties from (flymake-diagnostic-end found))
                     (flymake-diagnostic-type found)))
           (said (flymake-diagnostic-text found)))
      (or (and (equal is (list (checks-expected 'line) (checks-expected 'covers) 'eglot-warning))
               (cl-loop for key in '(code source message)
                        always (string-match-p (regexp-quote (checks-expected key)) said)))
          (list is said)))))

(defun checks-drawn ()
  "The squiggle is an overlay in the buffer."
  (with-current-buffer (checks-buffer)
    (and (cl-some (lambda (overlay) (overlay-get overlay 'flymake-diagnostic)) (overlays-in (point-min) (point-max)))
         t)))

(defun checks-go-to-finding ()
  (switch-to-buffer (checks-buffer))
  (goto-char (flymake-diagnostic-beg (car (flymake-diagnostics))))
  t)

(defun checks-menu ()
  "The titles that the minibuffer offers, or nil."
  (when-let ((window (active-minibuffer-window)))
    (with-current-buffer (window-buffer window)
      (and (string-match-p "action" (minibuffer-prompt)) (all-completions "" minibuffer-completion-table)))))

(defun checks-menu-has-fix ()
  (let ((menu (checks-menu)))
    (or (cl-some (lambda (title) (and (string-search (checks-expected 'title) title) t)) menu) menu)))

(defun checks-fix-chosen ()
  (with-current-buffer (window-buffer (active-minibuffer-window))
    (or (and (string-search (checks-expected 'title) (minibuffer-contents)) t) (minibuffer-contents))))

(defun checks-text (file)
  "The buffer's text is FILE's."
  (let ((wanted (with-temp-buffer (insert-file-contents file) (buffer-string))))
    (with-current-buffer (checks-buffer)
      (or (equal wanted (buffer-substring-no-properties (point-min) (point-max))) (buffer-string)))))

(defun checks-server-gone ()
  (with-current-buffer (checks-buffer) (null (eglot-current-server))))

(defun checks-missing-server-named ()
  (let ((surefoot-command '("/nonexistent/surefoot" "server")))
    (with-temp-buffer (surefoot-ensure))
    (or (and (string-search "/nonexistent/surefoot" (current-message)) t) (current-message))))

(defun checks-both-modes ()
  "Both Python modes have surefoot for a server."
  (cl-loop for mode in '(python-mode python-ts-mode)
           always (and (memq 'surefoot--contact (flatten-tree (eglot--lookup-mode mode))) t)))

(defun checks-compiles ()
  "The package compiles without a warning."
  (require 'bytecomp)
  (let ((byte-compile-error-on-warn t)
        (byte-compile-dest-file-function (lambda (_) (expand-file-name "surefoot.elc" (getenv "HOME")))))
    (and (byte-compile-file (expand-file-name "surefoot.el" (getenv "PLUGIN"))) t)))

(defun checks-first-words ()
  "The shortest beginning of the fix's title that no other title has."
  (let* ((menu (checks-menu))
         (title (cl-find-if (lambda (title) (string-search (checks-expected 'title) title)) menu)))
    (cl-loop for length from 1 to (length title)
             for beginning = (substring title 0 length)
             when (= 1 (cl-count-if (lambda (other) (string-prefix-p beginning other)) menu)) return beginning)))
