/* SPDX-License-Identifier: BSL-1.0 */
/* What lwIP asks of an operating system. */
#pragma once
typedef void* sys_sem_t;
typedef void* sys_mutex_t;
typedef void* sys_mbox_t;
typedef void* sys_thread_t;
typedef int sys_prot_t;
