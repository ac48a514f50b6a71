;; RUN: wattle validate %s
;; EXIT: 1
<!DOCTYPE html>
<html><body>404</body></html>
