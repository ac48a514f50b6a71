;; features: 3.0
;; Annotations that become custom sections, and those that are none.

(module
  (@custom "a" "bytes" "more")
  (@custom "b" (before first))
  (@custom "c" (after func))
  (func $f (@name "written otherwise") (param $x (@name "y") i32)))
(assert_malformed_custom (module quote "(@custom)") "@custom annotation: missing section name")
(assert_malformed_custom (module quote "(@custom \"a\" (near type))") "@custom annotation")
(assert_malformed_custom (module quote "(func (@custom \"a\"))") "misplaced @custom annotation")
(assert_malformed_custom (module quote "(module (@name \"a\") (@name \"b\"))") "@name annotation")
(assert_malformed_custom (module quote "(func) (@name \"a\")") "misplaced @name annotation")
(assert_malformed_custom
  (module quote "(func (@metadata.code.branch_hint \"\\02\") (if (i32.const 0) (then)))")
  "@metadata.code.branch_hint annotation")
(assert_invalid_custom
  (module (func (@metadata.code.branch_hint "\00") (block)))
  "@metadata.code.branch_hint annotation")
