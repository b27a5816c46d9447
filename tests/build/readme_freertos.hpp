// SPDX-License-Identifier: BSL-1.0
// What FreeRTOS+TCP declares of its sockets, as far as the README names it. Nothing of it runs here.
#pragma once

#include <cstddef>
#include <cstdint>

#include <mailmote/io.hpp>

using Socket_t = struct xSOCKET*;
using BaseType_t = std::int32_t;
inline constexpr BaseType_t FREERTOS_SHUT_RDWR = 2, pdFREERTOS_ERRNO_EWOULDBLOCK = 11,
                            pdFREERTOS_ERRNO_ENOSPC = 28, pdFREERTOS_ERRNO_ENOTCONN = 128;

BaseType_t FreeRTOS_recv(Socket_t socket, void* in, std::size_t size, BaseType_t flags);
BaseType_t FreeRTOS_send(Socket_t socket, const void* out, std::size_t size, BaseType_t flags);
BaseType_t FreeRTOS_shutdown(Socket_t socket, BaseType_t how);
