;; features: 3.0,+custom-descriptors
;; Made by scripts/gen_own_scripts.py from src/wasm/ops.def: do not edit.

(module
  (rec
    (type $d (descriptor $k) (struct (field i32)))
    (type $k (describes $d) (struct)))
  (func (export "struct_new_desc") (param (ref (exact $k))) (result (ref (exact $d))) (struct.new_desc $d (i32.const 1) (local.get 0)))
  (func (export "struct_new_default_desc") (param (ref (exact $k))) (result (ref (exact $d))) (struct.new_default_desc $d (local.get 0)))
  (func (export "ref_get_desc") (param (ref null $d)) (result (ref $k)) (ref.get_desc $d (local.get 0)))
  (func (export "ref_cast_desc_eq") (param anyref (ref null $k)) (result (ref $d)) (ref.cast_desc_eq (ref $d) (local.get 0) (local.get 1)))
  (func (export "ref_cast_desc_eq_null") (param anyref (ref null $k)) (result (ref null $d)) (ref.cast_desc_eq (ref null $d) (local.get 0) (local.get 1)))
  (func (export "br_on_cast_desc_eq") (param anyref (ref null $k)) (result anyref) (br_on_cast_desc_eq 0 anyref (ref $d) (local.get 0) (local.get 1)))
  (func (export "br_on_cast_desc_eq_fail") (param anyref (ref null $k)) (result anyref) (br_on_cast_desc_eq_fail 0 anyref (ref $d) (local.get 0) (local.get 1)))
)
