;; features: 3.0,+custom-descriptors
;; Types that describe types.

(module
  (rec (type $a (descriptor $b) (struct)) (type $b (describes $a) (struct)))
  (func (param (ref (exact $b))) (result (ref $a)) (struct.new_desc $a (local.get 0))))
(assert_invalid
  (module (type $a (descriptor $b) (struct)) (type $b (describes $a) (struct)))
  "")
(assert_invalid
  (module (rec (type $a (descriptor $b) (func)) (type $b (describes $a) (struct))))
  "")
(assert_invalid
  (module (rec (type $a (descriptor $b) (struct)) (type $b (describes $a) (func))))
  "")
(assert_invalid
  (module (rec (type $b (describes $a) (struct)) (type $a (descriptor $b) (struct))))
  "forward use of described type")
(assert_invalid
  (module (rec (type $a (descriptor $b) (struct)) (type $b (struct))))
  "")
(assert_invalid
  (module (rec (type $a (descriptor $b) (struct)) (type $b (describes $a) (struct)))
    (func (drop (struct.new $a))))
  "type with descriptor requires descriptor allocation")
(assert_invalid
  (module (type $a (struct)) (func (param nullref) (drop (struct.new_desc $a (local.get 0)))))
  "type without descriptor requires non-descriptor allocation")
