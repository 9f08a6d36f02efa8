# Settings of root's interactive shells; the system-wide ones are in /etc/bash.bashrc.
