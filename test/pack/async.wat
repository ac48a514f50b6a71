;; A function that waits for a promise of JavaScript.
(module
  (@bind "import \"env\" \"sleep\" async = sleepFor (ms: f64) -> f64;"
         "export async slow(ms: f64) -> f64;")
  (import "env" "sleep" (func $sleep (param f64) (result f64)))
  (func (export "slow") (param f64) (result f64)
    (f64.add (call $sleep (local.get 0)) (f64.const 1))))
