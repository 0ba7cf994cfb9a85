;; Pillow's resampling in fixed point, four taps (rows) or two taps (columns) at a time. A weight of 22 bits is
;; w = high · 2^11 + low with both in 16 bits, so that i32x4.dot_i16x8_s sums two products exactly:
;; sum = (Σ p · high) · 2^11 + Σ p · low + 2^21, then >> 22, then clipped to a byte. All in 32 bits, as Pillow's.
(module
  (memory (export "memory") 1)

  ;; Rows of RGB pixels. For each of `width` outputs: a byte offset in `offsets` (i32), and `groups` times
  ;; 16 bytes in `weights`: high of taps 0 and 1 (2 × i16), low of 0 and 1, high of 2 and 3, low of 2 and 3.
  (func (export "rows")
    (param $source i32) (param $rows i32) (param $stride i32) (param $target i32) (param $width i32)
    (param $offsets i32) (param $weights i32) (param $groups i32)
    (local $x i32) (local $group i32) (local $at i32) (local $weight i32)
    (local $pixels v128) (local $first v128) (local $second v128) (local $high v128) (local $low v128)
    (loop $row
      (local.set $x (i32.const 0))
      (local.set $weight (local.get $weights))
      (loop $output
        (local.set $at (i32.add (local.get $source)
          (i32.load (i32.add (local.get $offsets) (i32.shl (local.get $x) (i32.const 2))))))
        (local.set $high (v128.const i32x4 0 0 0 0))
        (local.set $low (v128.const i32x4 0 0 0 0))
        (local.set $group (local.get $groups))
        (loop $taps
          (local.set $pixels (v128.load align=1 (local.get $at)))
          (local.set $first (i8x16.swizzle (local.get $pixels)
            (v128.const i8x16 0 128 3 128 1 128 4 128 2 128 5 128 128 128 128 128)))
          (local.set $second (i8x16.swizzle (local.get $pixels)
            (v128.const i8x16 6 128 9 128 7 128 10 128 8 128 11 128 128 128 128 128)))
          (local.set $high (i32x4.add (local.get $high) (i32x4.add
            (i32x4.dot_i16x8_s (local.get $first) (v128.load32_splat (local.get $weight)))
            (i32x4.dot_i16x8_s (local.get $second) (v128.load32_splat offset=8 (local.get $weight))))))
          (local.set $low (i32x4.add (local.get $low) (i32x4.add
            (i32x4.dot_i16x8_s (local.get $first) (v128.load32_splat offset=4 (local.get $weight)))
            (i32x4.dot_i16x8_s (local.get $second) (v128.load32_splat offset=12 (local.get $weight))))))
          (local.set $at (i32.add (local.get $at) (i32.const 12)))
          (local.set $weight (i32.add (local.get $weight) (i32.const 16)))
          (br_if $taps (local.tee $group (i32.sub (local.get $group) (i32.const 1)))))
        ;; Four bytes are written, of which the fourth is the next pixel's, written after.
        (v128.store32_lane align=1 0 (local.get $target)
          (call $bytes (call $scaled (local.get $high) (local.get $low))))
        (local.set $target (i32.add (local.get $target) (i32.const 3)))
        (local.set $x (i32.add (local.get $x) (i32.const 1)))
        (br_if $output (i32.lt_u (local.get $x) (local.get $width))))
      (local.set $source (i32.add (local.get $source) (local.get $stride)))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; Columns of a picture of `stride` bytes a row. For each of `height` outputs: a byte offset in `offsets`, and
  ;; `pairs` times 8 bytes in `weights`: high of taps 0 and 1, low of 0 and 1.
  (func (export "columns")
    (param $source i32) (param $stride i32) (param $target i32) (param $height i32)
    (param $offsets i32) (param $weights i32) (param $pairs i32)
    (local $y i32) (local $index i32) (local $pair i32) (local $at i32) (local $weight i32)
    (local $upper v128) (local $lower v128) (local $mixed v128) (local $w v128) (local $v v128)
    (local $high0 v128) (local $high1 v128) (local $high2 v128) (local $high3 v128)
    (local $low0 v128) (local $low1 v128) (local $low2 v128) (local $low3 v128)
    (loop $row
      (local.set $index (i32.const 0))
      (loop $block
        (local.set $at (i32.add (i32.add (local.get $source) (local.get $index))
          (i32.load (i32.add (local.get $offsets) (i32.shl (local.get $y) (i32.const 2))))))
        (local.set $weight (local.get $weights))
        (local.set $pair (local.get $pairs))
        (local.set $high0 (v128.const i32x4 0 0 0 0)) (local.set $low0 (local.get $high0))
        (local.set $high1 (local.get $high0)) (local.set $low1 (local.get $high0))
        (local.set $high2 (local.get $high0)) (local.set $low2 (local.get $high0))
        (local.set $high3 (local.get $high0)) (local.set $low3 (local.get $high0))
        (loop $taps
          (local.set $upper (v128.load align=1 (local.get $at)))
          (local.set $lower (v128.load align=1 (i32.add (local.get $at) (local.get $stride))))
          (local.set $w (v128.load32_splat (local.get $weight)))
          (local.set $v (v128.load32_splat offset=4 (local.get $weight)))
          (local.set $mixed (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23
            (local.get $upper) (local.get $lower)))
          (local.set $upper (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31
            (local.get $upper) (local.get $lower)))
          (local.set $lower (i16x8.extend_low_i8x16_u (local.get $mixed)))
          (local.set $high0 (i32x4.add (local.get $high0) (i32x4.dot_i16x8_s (local.get $lower) (local.get $w))))
          (local.set $low0 (i32x4.add (local.get $low0) (i32x4.dot_i16x8_s (local.get $lower) (local.get $v))))
          (local.set $lower (i16x8.extend_high_i8x16_u (local.get $mixed)))
          (local.set $high1 (i32x4.add (local.get $high1) (i32x4.dot_i16x8_s (local.get $lower) (local.get $w))))
          (local.set $low1 (i32x4.add (local.get $low1) (i32x4.dot_i16x8_s (local.get $lower) (local.get $v))))
          (local.set $lower (i16x8.extend_low_i8x16_u (local.get $upper)))
          (local.set $high2 (i32x4.add (local.get $high2) (i32x4.dot_i16x8_s (local.get $lower) (local.get $w))))
          (local.set $low2 (i32x4.add (local.get $low2) (i32x4.dot_i16x8_s (local.get $lower) (local.get $v))))
          (local.set $lower (i16x8.extend_high_i8x16_u (local.get $upper)))
          (local.set $high3 (i32x4.add (local.get $high3) (i32x4.dot_i16x8_s (local.get $lower) (local.get $w))))
          (local.set $low3 (i32x4.add (local.get $low3) (i32x4.dot_i16x8_s (local.get $lower) (local.get $v))))
          (local.set $at (i32.add (local.get $at) (i32.shl (local.get $stride) (i32.const 1))))
          (local.set $weight (i32.add (local.get $weight) (i32.const 8)))
          (br_if $taps (local.tee $pair (i32.sub (local.get $pair) (i32.const 1)))))
        ;; Up to fifteen bytes beyond the row are written: the next row's, written after.
        (v128.store align=1 (i32.add (local.get $target) (local.get $index))
          (i8x16.narrow_i16x8_u
            (i16x8.narrow_i32x4_s (call $scaled (local.get $high0) (local.get $low0))
              (call $scaled (local.get $high1) (local.get $low1)))
            (i16x8.narrow_i32x4_s (call $scaled (local.get $high2) (local.get $low2))
              (call $scaled (local.get $high3) (local.get $low3)))))
        (local.set $index (i32.add (local.get $index) (i32.const 16)))
        (br_if $block (i32.lt_u (local.get $index) (local.get $stride))))
      (local.set $weights (local.get $weight))
      (local.set $target (i32.add (local.get $target) (local.get $stride)))
      (local.set $y (i32.add (local.get $y) (i32.const 1)))
      (br_if $row (i32.lt_u (local.get $y) (local.get $height)))))

  (func $scaled (param $high v128) (param $low v128) (result v128)
    (i32x4.shr_s
      (i32x4.add
        (i32x4.add (i32x4.shl (local.get $high) (i32.const 11)) (local.get $low))
        (v128.const i32x4 0x200000 0x200000 0x200000 0x200000))
      (i32.const 22)))

  (func $bytes (param $values v128) (result v128)
    (local.set $values (i16x8.narrow_i32x4_s (local.get $values) (local.get $values)))
    (i8x16.narrow_i16x8_u (local.get $values) (local.get $values))))
