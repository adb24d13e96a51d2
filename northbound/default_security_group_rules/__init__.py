"""Default security group rules: templates of the rules that new groups start with."""
