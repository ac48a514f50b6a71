// Texts of a given size, the same in every run: functions as compilers write them, with names,
// loops, loads, calls, folded and flat.

const body = (i, calls) => `  (func $f${i} (type $t${i % 3}) (param $p i32) (param $q i32) (result i32)
    (local $x i32) (local $y i64) (local $z f64)
    global.get $g${i % 7}
    i32.const ${(i * 7919) % 65536}
    i32.add
    local.set $x
    block $done
      loop $again
        local.get $x
        i32.eqz
        br_if $done
        (local.set $y (i64.add (local.get $y) (i64.extend_i32_u (i32.load offset=${(i * 4) % 1024} align=4 (local.get $p)))))
        (f64.store offset=16 (local.get $q) (f64.mul (local.get $z) (f64.const ${(i % 97) / 8})))
        local.get $x
        i32.const -1
        i32.add
        local.tee $x
        br_if $again
      end
    end
    (if (result i32) (i32.lt_s (local.get $p) (i32.const 0x${(i * 2654435761 % 4294967296).toString(16)}))
      (then (call $f${calls} (local.get $q) (local.get $p)))
      (else (i32.wrap_i64 (local.get $y)))))
`;

export function text(bytes) {
  const parts = ["(module\n"];
  for (let i = 0; i < 3; i++) parts.push("  (type $t", String(i), " (func (param i32 i32) (result i32)))\n");
  parts.push('  (import "env" "log" (func $log (param i32)))\n  (memory (export "memory") 16)\n');
  for (let i = 0; i < 7; i++) parts.push(`  (global $g${i} (mut i32) (i32.const ${i}))\n`);
  let size = parts.reduce((n, p) => n + p.length, 0);
  for (let i = 0; size < bytes; i++) {
    const f = body(i, i ? (i * 31) % i : 0);
    parts.push(f);
    size += f.length;
  }
  parts.push('  (export "f0" (func $f0)))\n');
  return parts.join("");
}
