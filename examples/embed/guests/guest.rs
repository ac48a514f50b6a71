// The guest of calls.c in Rust:
//     rustc --target wasm32-unknown-unknown --crate-type cdylib -O guest.rs -o guest.wasm

#[no_mangle]
pub extern "C" fn alloc(len: usize) -> *mut u8 {
    Box::into_raw(vec![0u8; len].into_boxed_slice()).cast()
}

/// # Safety
/// `at` and `len` are those of `alloc` or `greet`.
#[no_mangle]
pub unsafe extern "C" fn release(at: *mut u8, len: usize) {
    drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(at, len)));
}

/// # Safety
/// `at` and `len` are a text that the host has written.
#[no_mangle]
pub unsafe extern "C" fn greet(at: *const u8, len: usize) -> u64 {
    let name = String::from_utf8_lossy(std::slice::from_raw_parts(at, len));
    let text = format!("Hello from Rust, {name}!").into_bytes().into_boxed_slice();
    let size = text.len() as u64;
    (Box::into_raw(text).cast::<u8>() as u64) << 32 | size
}
