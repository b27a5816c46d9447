#!/usr/bin/perl
# SPDX-License-Identifier: BSL-1.0
# dump.pl DIR: what MIME-tools reads in each message of a folder: its subject, and of each file in it
# the name and the SHA-256 of its octets. Strings are in hexadecimal.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Encode qw(decode encode);
use MIME::Parser;

my $parser = MIME::Parser->new;
$parser->output_to_core(1);
$parser->tmp_to_core(1);

sub dump_files {
  my ($part) = @_;
  return map { dump_files($_) } $part->parts if $part->parts;
  my $disposition = $part->head->mime_attr('content-disposition') // '';
  return if $disposition eq '';
  my $name = $part->head->mime_attr('content-disposition.filename') // '';
  print 'name ', unpack('H*', encode('UTF-8', decode('MIME-Header', $name))), "\n";
  print 'digest ', sha256_hex($part->bodyhandle->as_string), "\n";
}

for my $path (sort glob "$ARGV[0]/*") {
  print "message\n";
  open my $file, '<:raw', $path or die "$path: $!";
  my $message = $parser->parse($file);
  my $subject = $message->head->get('subject') // '';
  $subject =~ s/\r?\n//g;
  $subject = encode('UTF-8', decode('MIME-Header', $subject)) if $subject !~ /[^\0-\x7F]/;
  print 'subject ', unpack('H*', $subject), "\n";
  dump_files($message);
}
