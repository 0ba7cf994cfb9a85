;; A picture's bytes through a table of 256 levels for each channel. In JavaScript every read and write is checked against
;; its array's end, which takes four times as long.
(module
  (memory (export "memory") 1)

  ;; `pixels` RGB pixels to three planes of float32, `plane` bytes apart. `tables`: 256 numbers for red, green, blue.
  (func (export "planes")
    (param $source i32) (param $pixels i32) (param $target i32) (param $plane i32) (param $tables i32)
    (local $green i32) (local $blue i32)
    (local.set $green (i32.add (local.get $target) (local.get $plane)))
    (local.set $blue (i32.add (local.get $green) (local.get $plane)))
    (loop $pixel
      (f32.store (local.get $target) (f32.load (i32.add (local.get $tables)
        (i32.shl (i32.load8_u (local.get $source)) (i32.const 2)))))
      (f32.store (local.get $green) (f32.load offset=1024 (i32.add (local.get $tables)
        (i32.shl (i32.load8_u offset=1 (local.get $source)) (i32.const 2)))))
      (f32.store (local.get $blue) (f32.load offset=2048 (i32.add (local.get $tables)
        (i32.shl (i32.load8_u offset=2 (local.get $source)) (i32.const 2)))))
      (local.set $source (i32.add (local.get $source) (i32.const 3)))
      (local.set $target (i32.add (local.get $target) (i32.const 4)))
      (local.set $green (i32.add (local.get $green) (i32.const 4)))
      (local.set $blue (i32.add (local.get $blue) (i32.const 4)))
      (br_if $pixel (local.tee $pixels (i32.sub (local.get $pixels) (i32.const 1)))))))
