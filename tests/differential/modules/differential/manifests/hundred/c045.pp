# Ten resources.
class differential::hundred::c045 {
  notify { 'c045 1':
    message => "1 of class c045 on ${facts['networking']['hostname']}",
  }
  notify { 'c045 2':
    message => "2 of class c045 on ${facts['networking']['hostname']}",
  }
  notify { 'c045 3':
    message => "3 of class c045 on ${facts['networking']['hostname']}",
  }
  notify { 'c045 4':
    message => "4 of class c045 on ${facts['networking']['hostname']}",
  }
  notify { 'c045 5':
    message => "5 of class c045 on ${facts['networking']['hostname']}",
  }
  notify { 'c045 6':
    message => "6 of class c045 on ${facts['networking']['hostname']}",
  }
  notify { 'c045 7':
    message => "7 of class c045 on ${facts['networking']['hostname']}",
  }
  notify { 'c045 8':
    message => "8 of class c045 on ${facts['networking']['hostname']}",
  }
  notify { 'c045 9':
    message => "9 of class c045 on ${facts['networking']['hostname']}",
  }
  notify { 'c045 10':
    message => "10 of class c045 on ${facts['networking']['hostname']}",
  }
}
