;; RUN: wattle validate %s

