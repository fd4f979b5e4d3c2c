/*
 * A guest of some hundred bytes, started as a multiboot kernel. The last letter of its command line says what it does:
 *   c  counts for ever: a register, and the word at 2 MiB, which must always be equal
 *   p  powers itself off (ACPI)         b  does so when the power button is pressed
 *   r  resets itself (keyboard controller)   t  resets itself by a triple fault
 *   w  resets itself when the power button is pressed
 *   k  reports a kernel panic (pvpanic) and halts
 * It writes its letter to the first serial port before.
 */
        .set    LOAD, 0x100000
        .set    COUNTER, 0x200000
        .set    PM_EVENT, 0x600
        .set    PM_ENABLE, 0x602
        .set    PM_CONTROL, 0x604

        .text
        .code32
        .globl  start
start:
        .balign 4
header:
        .long   0x1badb002
        .long   0x00010000                      /* addresses follow */
        .long   -(0x1badb002 + 0x00010000)
        .long   header
        .long   LOAD
        .long   end
        .long   end
        .long   entry

entry:
        movl    $0x108000, %esp
        movl    16(%ebx), %esi                  /* the command line */
1:      lodsb
        testb   %al, %al
        jz      2f
        movb    %al, %bl
        jmp     1b
2:      movw    $PM_ENABLE, %dx                 /* the power button is noticed only when asked for */
        movw    $0x100, %ax
        outw    %ax, %dx
        movw    $0x3f8, %dx
        movb    %bl, %al
        outb    %al, %dx
        cmpb    $'c', %bl
        je      count
        cmpb    $'p', %bl
        je      power_off
        cmpb    $'b', %bl
        je      button
        cmpb    $'w', %bl
        je      button
        cmpb    $'r', %bl
        je      reset
        cmpb    $'t', %bl
        je      triple_fault
        cmpb    $'k', %bl
        je      panic
        jmp     stop

count:
        movl    COUNTER, %ecx
3:      cmpl    %ecx, COUNTER
        jne     4f
        incl    %ecx
        movl    %ecx, COUNTER
        jmp     3b
4:      movw    $0x3f8, %dx                     /* memory and CPU are of different moments */
        movb    $'!', %al
        outb    %al, %dx
        jmp     stop

button:
        movw    $PM_EVENT, %dx
5:      inw     %dx, %ax
        testw   $0x100, %ax
        jz      5b
        cmpb    $'w', %bl
        je      reset
power_off:
        movw    $PM_CONTROL, %dx
        movw    $0x2000, %ax
        outw    %ax, %dx
        jmp     stop

reset:
        movb    $0xfe, %al
        outb    %al, $0x64
        jmp     stop

triple_fault:
        lidt    no_idt
        int3

panic:
        movw    $0x505, %dx
        movb    $1, %al
        outb    %al, %dx
stop:
        cli
        hlt
        jmp     stop

        .balign 4
no_idt: .word   0
        .long   0
end:
