/* System V ABI for x86-64: rbx, rbp and r12 to r15 belong to the caller. The switch ends with `ret` and not with a
 * jump, so that the processor's return predictor stays in step: fibers mostly wait in the same place. */
    .text

    .globl  switch_to
    .type   switch_to, @function
    .p2align 4
switch_to:                      /* rdi: where to save, rsi: where to go on */
    .cfi_startproc
    pushq   %rbp
    pushq   %rbx
    pushq   %r12
    pushq   %r13
    pushq   %r14
    pushq   %r15
    movq    %rsp, (%rdi)
    movq    %rsi, %rsp
    popq    %r15
    popq    %r14
    popq    %r13
    popq    %r12
    popq    %rbx
    popq    %rbp
    ret
    .cfi_endproc
    .size   switch_to, . - switch_to

    .globl  switch_start
    .type   switch_start, @function
    .p2align 4
switch_start:                   /* r12: entry, r13: its argument; rbp is 0, where a walk of frames ends */
    .cfi_startproc
    .cfi_undefined rip
    movq    %r13, %rdi
    callq   *%r12
    ud2
    .cfi_endproc
    .size   switch_start, . - switch_start

    .section .note.GNU-stack, "", @progbits
