;; RUN: wattle validate %s
;; EXIT: 1

